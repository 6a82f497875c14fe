// A client decides by the status: an error can come from CloudFront, as a page.
const state = document.querySelector("#state");
try {
  const response = await fetch("/api/health");
  state.textContent = response.ok ? "healthy" : `not available (${response.status})`;
} catch {
  state.textContent = "not reachable";
}
