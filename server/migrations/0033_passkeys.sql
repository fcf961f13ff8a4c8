-- Challenges of passkeys are stored like the secrets of links: for one purpose, until a time, once.

DO $$
BEGIN
    ALTER TABLE account_tokens DROP CONSTRAINT account_tokens_purpose_check;
    ALTER TABLE account_tokens ADD CONSTRAINT account_tokens_purpose_check CHECK (purpose IN (
        'register', 'reset', 'change_email', 'invite',
        'passkey_register', 'passkey_confirm', 'passkey_sign_in', 'passkey_proof', 'passkey_add'
    ));
END
$$;
