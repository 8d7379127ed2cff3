/* Send a form's worth of values from a script, as htmx would: with the seal against forgery, and with the server's events afterwards. */

const headers = () => JSON.parse(document.body.getAttribute("hx-headers") ?? "{}");

/** POST ``values`` to ``url``; true when the server agreed. */
export async function send(url, values = {}) {
  let answer;
  try {
    answer = await fetch(url, {
      method: "POST",
      headers: { ...headers(), "HX-Request": "true", "HX-Current-URL": location.href },
      body: new URLSearchParams(values),
    });
  } catch {
    document.dispatchEvent(new Event("htmx:sendError"));
    return false;
  }
  if (answer.headers.has("HX-Redirect")) {
    location.assign(answer.headers.get("HX-Redirect"));
    return false;
  }
  const events = answer.headers.get("HX-Trigger");
  if (events) {
    for (const [name, detail] of Object.entries(JSON.parse(events))) document.body.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  } else if (!answer.ok) {
    const sentence = answer.headers.get("X-Sentence");
    const text = sentence ? decodeURIComponent(sentence) : document.getElementById("toasts").dataset.failed;
    document.body.dispatchEvent(new CustomEvent("toast", { detail: { text, tone: "bad" }, bubbles: true }));
  }
  return answer.ok;
}
