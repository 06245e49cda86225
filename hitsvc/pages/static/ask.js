// Asking the service, with errors that a reader can use.

const SILENT = "The counter does not answer. Is the network up?";

// Answers the response, or throws an Error whose message says what is wrong.
export async function ask(path, signal) {
  let response;
  try {
    response = await fetch(path, { signal, cache: "no-store" });
  } catch (error) {
    throw error.name === "AbortError" ? error : new Error(SILENT);
  }
  if (response.ok) return response;
  const isText = (response.headers.get("Content-Type") ?? "").startsWith("text/plain");
  const reason = response.headers.get("X-Hits-Reason") || (isText && (await response.text()));
  throw new Error(reason ? sentence(reason) : `The counter answered ${response.status}.`);
}

// As data: one request gives the picture and, when it fails, the reason above.
export const pictureOf = (svg) => "data:image/svg+xml," + encodeURIComponent(svg);

// What a badge says in words. The page's policy lets none of its styles in.
export function saidBy(svg) {
  const plain = svg.replace(/ style="[^"]*"/g, "").replace(/<style>[^]*?<\/style>/g, "");
  const root = new DOMParser().parseFromString(plain, "image/svg+xml").documentElement;
  return root.getAttribute("aria-label") ?? "";
}

// Runs one task at a time: a newer one aborts the older, whose outcome is dropped.
// With `stop`, the older one ends and no newer one begins.
export function latest(task, onError) {
  let controller = new AbortController();
  const run = async (...args) => {
    controller.abort();
    const { signal } = (controller = new AbortController());
    try {
      await task(signal, ...args);
    } catch (error) {
      if (!signal.aborted) onError(error);
    }
  };
  run.stop = () => controller.abort();
  return run;
}

function sentence(reason) {
  const text = reason.trim().slice(0, 300);
  return text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".");
}
