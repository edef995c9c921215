-- A member of staff who may sign in, and the password that their session has to be of.
-- row: counterfoil.domain.identity.rows.Employed
SELECT u.id AS user_id, u.email, u.name, m.role, u.password
FROM identity_membership m JOIN identity_user u ON u.id = m.user_id
WHERE m.business_id = %(business_id)s AND m.user_id = %(user_id)s AND u.is_active
