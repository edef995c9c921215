-- A member of staff who may sign in, what they may do, and the password that their session has to
-- be of.
-- row: counterfoil.domain.identity.rows.Employed
SELECT u.id AS user_id, u.email, u.name, m.role, u.password, m.own_role_id,
  coalesce(r.name, '') AS role_name, to_jsonb(coalesce(r.rights, '{}')) AS role_rights,
  to_jsonb(m.tags) AS tags,
  (SELECT coalesce(jsonb_agg(jsonb_build_object(
     'act', l.act, 'currency', l.currency, 'up_to_minor', l.up_to_minor)), '[]')
   FROM identity_rolelimit l
   WHERE l.business_id = m.business_id AND (l.preset = m.role OR l.own_role_id = m.own_role_id)
  ) AS limits
FROM identity_membership m JOIN identity_user u ON u.id = m.user_id
LEFT JOIN identity_staffrole r ON r.business_id = m.business_id AND r.id = m.own_role_id
WHERE m.business_id = %(business_id)s AND m.user_id = %(user_id)s AND m.ended_at IS NULL
  AND u.is_active
