// Passkeys (W3C, Web Authentication Level 3): a button gets challenges from the server and responses from the browser, and
// sends its form with the last one. The e-mail field of the sign-in page offers passkeys as well.
(() => {
  const REQUEST_TIMEOUT_MS = 15_000;
  // A challenge is valid for five minutes; the offer in the e-mail field gets a new one before.
  const OFFER_MS = 4 * 60_000;
  const support = document.querySelector("[data-passkeys]");
  const buttons = [...document.querySelectorAll("[data-passkey]")];
  let offer;

  const note = (words) => {
    const line = support.querySelector("[data-passkey-note]");
    line.textContent = words;
    line.hidden = false;
  };
  if (!support) return;
  const site = support.dataset.passkeys;
  if (location.origin !== site) return note(`Passkeys of this site work at ${site} only.`);
  if (!window.PublicKeyCredential) return note("This browser does not support passkeys.");

  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
  const base64url = (buffer) =>
    buffer && btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const withBytes = (list) => list?.map((entry) => ({ ...entry, id: bytes(entry.id) }));

  /** Options of the server for the browser. */
  const decoded = ({ challenge, user, excludeCredentials, allowCredentials, ...rest }) => ({
    ...rest,
    challenge: bytes(challenge),
    ...(user && { user: { ...user, id: bytes(user.id) }, excludeCredentials: withBytes(excludeCredentials) }),
    ...(!user && { allowCredentials: withBytes(allowCredentials) }),
  });

  /** A response of the browser for the server. */
  const encoded = ({ id, rawId, type, response }) =>
    JSON.stringify({
      id,
      rawId: base64url(rawId),
      type,
      clientExtensionResults: {},
      response: {
        clientDataJSON: base64url(response.clientDataJSON),
        ...(response.attestationObject
          ? { attestationObject: base64url(response.attestationObject), transports: response.getTransports?.() ?? [] }
          : {
              authenticatorData: base64url(response.authenticatorData),
              signature: base64url(response.signature),
              userHandle: base64url(response.userHandle),
            }),
      },
    });

  /** An error whose message is a sentence for the person. */
  class Refusal extends Error {}

  const challengeOf = async (address, fields) => {
    let response;
    try {
      const signal = AbortSignal.timeout?.(REQUEST_TIMEOUT_MS);
      response = await fetch(address, { method: "POST", body: fields, headers: { accept: "application/json" }, signal });
    } catch {
      throw new Refusal("No connection. Check your network and try again.");
    }
    const body = await response.json().catch(() => ({}));
    if (!response.ok) throw new Refusal(body.errors?.[0]?.message ?? body.detail ?? "Something broke on our side. Try again.");
    return body;
  };

  /** Sentences for errors of the browser (Level 3, 5.1.3 and 5.1.4). */
  const sentence = (error) => {
    if (error instanceof Refusal) return error.message;
    if (error.name === "InvalidStateError") return "This device has a passkey of your account already.";
    if (error.name === "NotAllowedError") return "No passkey was used: the request was cancelled, or it took too long. Try again.";
    return "The browser could not use a passkey. Try again, or use another way.";
  };

  const setField = (form, name, value) => {
    const field = form.elements[name] ?? form.appendChild(document.createElement("input"));
    Object.assign(field, { type: "hidden", name, value });
  };

  /** Gets the response to one challenge, and puts it into the form. */
  const respond = async (form, address, purpose, how = {}) => {
    const fields = new URLSearchParams(new FormData(form));
    fields.set("purpose", purpose);
    const { challenge, options } = await challengeOf(address, fields);
    const publicKey = decoded(options);
    const credential = await (publicKey.user ? navigator.credentials.create({ publicKey }) : navigator.credentials.get({ publicKey, ...how }));
    setField(form, "challenge", challenge);
    setField(form, "credential", encoded(credential));
  };

  /** The password that a passkey is used instead of, by its `autocomplete`. */
  const REPLACED = { register: "new-password", proof: "current-password" };

  const use = async (button) => {
    const { form, dataset } = button;
    const problem = button.parentElement.querySelector("[data-passkey-problem]");
    const purposes = dataset.passkey.split(" ");
    const isReplaced = (field) => field.autocomplete === REPLACED[purposes[0]] && field.type === "password";
    const fields = [...form.elements];
    if (!fields.every((field) => isReplaced(field) || field.reportValidity())) return;
    offer?.abort("button");
    problem.textContent = "";
    for (const field of fields.filter(isReplaced)) field.value = "";
    for (const other of buttons) other.disabled = true;
    try {
      for (const purpose of purposes) await respond(form, dataset.challenges, purpose);
      form.submit();
    } catch (error) {
      problem.textContent = sentence(error);
    } finally {
      for (const other of buttons) other.disabled = false;
    }
  };

  /** Offers passkeys in the e-mail field, until one is chosen or the button is used. */
  const offerIn = async ({ form, dataset }) => {
    if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
    // Set here, since checkers of HTML do not know the word yet (HTML standard, 4.10.18.7 "Autofill").
    for (const field of document.querySelectorAll("[autocomplete=username]")) field.autocomplete = "username webauthn";
    for (;;) {
      offer = new AbortController();
      const timer = setTimeout(() => offer.abort("renewal"), OFFER_MS);
      try {
        await respond(form, dataset.challenges, dataset.passkey, { mediation: "conditional", signal: offer.signal });
        return form.submit();
      } catch {
        if (offer.signal.reason !== "renewal") return;
      } finally {
        clearTimeout(timer);
      }
    }
  };

  for (const button of buttons) {
    button.hidden = false;
    button.addEventListener("click", () => use(button));
    // Not on the page that says why one was refused.
    if (button.dataset.passkey === "sign_in" && !document.getElementById("problems")) offerIn(button);
  }
})();
