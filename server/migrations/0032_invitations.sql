-- What invitations and changes of a team need beside their rows.

DO $$
BEGIN
    -- True for a member whose membership is yet to be written: the team's own row comes first where access grows.
    ALTER TABLE team_members ADD COLUMN pending boolean NOT NULL DEFAULT false;
    -- SHA-256 of the secret in the link.
    ALTER TABLE invitations ADD COLUMN fingerprint text NOT NULL DEFAULT '';
END
$$;
