-- A live session and its user, in one look.
-- row: counterfoil.domain.identity.sessions.Loaded
SELECT s.session_data, u.id, u.email, u.password, u.name, u.locale, u.is_active, u.last_login,
  u.date_joined, s.last_seen_at
FROM identity_session s LEFT JOIN identity_user u ON u.id = s.user_id
WHERE s.session_key = %(key)s::text AND s.expire_date > %(at)s::timestamptz
