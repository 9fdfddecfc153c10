// Passkeys: asks the browser, puts its answer into the form, and sends it. Without this file the
// codes of an app and recovery codes do the same.
(() => {
  "use strict";
  if (!window.PublicKeyCredential || !navigator.credentials) return;
  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replace(/\+/g, "-")
      .replace(/\//g, "_")
      .replace(/=+$/, "");
  const known = (list) => (list || []).map((key) => ({ ...key, id: bytes(key.id) }));

  const make = async (options) => {
    const asked = options.publicKey;
    const publicKey = {
      ...asked,
      challenge: bytes(asked.challenge),
      user: { ...asked.user, id: bytes(asked.user.id) },
      excludeCredentials: known(asked.excludeCredentials),
    };
    const made = await navigator.credentials.create({ publicKey });
    return {
      id: made.id,
      rawId: text(made.rawId),
      type: made.type,
      extensions: {},
      response: {
        attestationObject: text(made.response.attestationObject),
        clientDataJSON: text(made.response.clientDataJSON),
        transports: made.response.getTransports ? made.response.getTransports() : undefined,
      },
    };
  };

  const get = async (options) => {
    const asked = options.publicKey;
    const publicKey = {
      ...asked,
      challenge: bytes(asked.challenge),
      allowCredentials: known(asked.allowCredentials),
    };
    const used = await navigator.credentials.get({ publicKey });
    return {
      id: used.id,
      rawId: text(used.rawId),
      type: used.type,
      extensions: {},
      response: {
        authenticatorData: text(used.response.authenticatorData),
        clientDataJSON: text(used.response.clientDataJSON),
        signature: text(used.response.signature),
        userHandle: used.response.userHandle ? text(used.response.userHandle) : null,
      },
    };
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const says = form.querySelector("[data-passkey-says]");
    const answer = form.elements.answer;
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      if (answer.value) return;
      event.preventDefault();
      says.className = "";
      says.textContent = "";
      try {
        const options = JSON.parse(form.dataset.options);
        const ask = form.dataset.passkey === "make" ? make : get;
        answer.value = JSON.stringify(await ask(options));
      } catch (error) {
        says.className = "error";
        says.textContent =
          error.name === "InvalidStateError"
            ? "This device has a passkey for this place already."
            : "That did not work, or was called off. You can try it again.";
        return;
      }
      form.submit();
    });
  }
})();
