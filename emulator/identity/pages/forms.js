// Sign-up and forgotten password, through Cognito's own API (the same calls that work against AWS).
"use strict";

const query = new URLSearchParams(location.search);
const show = (role, text) => {
  const box = document.querySelector(`[role=${role}]`);
  box.textContent = text;
  box.hidden = !text;
};

async function cognito(action, request) {
  const answer = await fetch("/", {
    method: "POST",
    headers: {
      "Content-Type": "application/x-amz-json-1.1",
      "X-Amz-Target": `AWSCognitoIdentityProviderService.${action}`,
    },
    body: JSON.stringify({ ClientId: query.get("client_id"), ...request }),
  });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.message || body.__type || "That did not work.");
  return body;
}

let email = "";

const steps = {
  "signup ask": async (form) => {
    const Password = form.get("password");
    await cognito("SignUp", { Username: email, Password, UserAttributes: [{ Name: "email", Value: email }] });
    return "Almost there: confirm your address.";
  },
  "signup confirm": async (form) => {
    await cognito("ConfirmSignUp", { Username: email, ConfirmationCode: form.get("code") });
    return "done";
  },
  "forgot ask": async () => {
    await cognito("ForgotPassword", { Username: email });
    return "A code is on its way.";
  },
  "forgot confirm": async (form) => {
    const request = { Username: email, ConfirmationCode: form.get("code"), Password: form.get("password") };
    await cognito("ConfirmForgotPassword", request);
    return "done";
  },
};

function onward(form) {
  form.hidden = true;
  const next = document.querySelector("[data-step=confirm]");
  next.hidden = false;
  next.querySelector("input").focus();
}

for (const form of document.forms) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const data = new FormData(form);
    email = data.get("email") || email;
    const button = form.querySelector("button");
    button.disabled = true;
    show("alert", "");
    try {
      const note = await steps[`${form.dataset.flow} ${form.dataset.step}`](data);
      if (note === "done") location.assign(document.querySelector("[data-sign-in]").href);
      else {
        show("status", note);
        onward(form);
      }
    } catch (error) {
      show("alert", error.message);
    } finally {
      button.disabled = false;
    }
  });
}
