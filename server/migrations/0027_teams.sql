-- The teams as they are, for the pages that show them, and mail that a receiver's server refused.

-- A refused mail has the server's words here; its sent_at is the time of the refusal.
DO $$
BEGIN
    ALTER TABLE mails ADD COLUMN refusal text;
END
$$;

-- The three tables are distributed by different columns. A CTE is read as a whole first, so that Citus can plan it.
WITH accounts AS MATERIALIZED (
    SELECT staff_id, email, name FROM staff_accounts
), memberships AS MATERIALIZED (
    SELECT staff_id, restaurant_id, role FROM staff_memberships
), team AS MATERIALIZED (
    SELECT m.restaurant_id, m.staff_id, a.email, a.name, CASE m.role WHEN 'staff' THEN 'floor' ELSE m.role END AS role
    FROM memberships m JOIN accounts a ON a.staff_id = m.staff_id
)
INSERT INTO team_members (restaurant_id, staff_id, email, name, role, joined_at)
SELECT restaurant_id, staff_id, email, name, role, timestamptz '2026-12-01 00:00:00+00' FROM team
ON CONFLICT (restaurant_id, staff_id) DO NOTHING;
