-- The history of objects of one machine, oldest first.
-- row: counterfoil.domain.insights.story_rows.Step
SELECT t.object_id, t.to_state, t.at, t.actor, t.reason
FROM infra_transition t
WHERE t.business_id = %(business_id)s::uuid AND t.machine = %(machine)s::text
  AND t.object_id = ANY(%(ids)s::uuid[])
ORDER BY t.at, t.object_id, t.seq
