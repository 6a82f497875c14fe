"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const panel = document.getElementById("panel");
  const content = panel.querySelector(".panel-content");
  const still = matchMedia("(prefers-reduced-motion: reduce)");

  // What a browser keeps for this page; a file that was opened from a disk may have no store.
  const store = {
    read(key) { try { return localStorage.getItem(key); } catch { return null; } },
    write(key, value) { try { localStorage.setItem(key, value); } catch { /* not kept */ } },
  };

  // Colours: those of the system, light, dark.
  const themes = ["system", "light", "dark"];
  const button = document.querySelector(".theme");
  const paint = (theme) => {
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    button.querySelector(".theme-name").textContent = theme;
  };
  let theme = themes.includes(store.read("theme")) ? store.read("theme") : "system";
  paint(theme);
  button.addEventListener("click", () => {
    theme = themes[(themes.indexOf(theme) + 1) % themes.length];
    store.write("theme", theme);
    paint(theme);
  });

  // One environment at a time.
  const radios = all('input[name="environment"]');
  const choose = (name) => {
    for (const part of all("[data-environment]")) part.hidden = part.dataset.environment !== name;
    for (const radio of radios) radio.checked = radio.value === name;
    all(".canvas").forEach(fitFirst);
  };
  const shown = () => radios.find((radio) => radio.checked)?.value;
  for (const radio of radios) radio.addEventListener("change", () => { choose(radio.value); store.write("environment", radio.value); });

  // Drawings: the svg gets another size, and its frame scrolls.
  const scales = new WeakMap();
  const drawing = (canvas) => canvas.querySelector("svg");
  const own = (svg) => svg.viewBox.baseVal.width;
  const room = (canvas) => canvas.clientWidth - 32;
  const zoom = (canvas, scale) => {
    const svg = drawing(canvas), before = scales.get(canvas) ?? 1;
    const next = Math.min(Math.max(scale, 0.2), 3);
    const x = (canvas.scrollLeft + canvas.clientWidth / 2) / before, y = (canvas.scrollTop + canvas.clientHeight / 2) / before;
    svg.setAttribute("width", own(svg) * next);
    svg.setAttribute("height", svg.viewBox.baseVal.height * next);
    scales.set(canvas, next);
    canvas.scrollLeft = x * next - canvas.clientWidth / 2;
    canvas.scrollTop = y * next - canvas.clientHeight / 2;
  };
  const fit = (canvas) => zoom(canvas, Math.min(room(canvas) / own(drawing(canvas)), 1));
  // At first the whole width, as long as it can be read.
  const fitFirst = (canvas) => {
    if (!canvas.clientWidth || scales.has(canvas)) return;
    canvas.style.maxHeight = "";
    zoom(canvas, Math.max(Math.min(room(canvas) / own(drawing(canvas)), 1), 0.72));
    canvas.style.maxHeight = `${drawing(canvas).getAttribute("height") * 1 + 36}px`; // what is zoomed in scrolls inside
    canvas.scrollTop = 0;
    canvas.scrollLeft = (canvas.scrollWidth - canvas.clientWidth) / 2;
  };
  const act = (canvas, what) => {
    const scale = scales.get(canvas) ?? 1;
    if (what === "in") zoom(canvas, scale * 1.25);
    else if (what === "out") zoom(canvas, scale / 1.25);
    else if (what === "fit") fit(canvas);
    else zoom(canvas, 1);
  };
  for (const canvas of all(".canvas")) {
    for (const tool of all("[data-zoom]", canvas.parentElement)) tool.addEventListener("click", () => act(canvas, tool.dataset.zoom));
    canvas.addEventListener("keydown", (event) => {
      const what = { "+": "in", "=": "in", "-": "out", 0: "fit", 1: "full" }[event.key];
      if (!what || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      act(canvas, what);
    });
    // The wheel zooms where the drawing has the focus, or with Ctrl; else it scrolls the page as usual.
    canvas.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && document.activeElement !== canvas) return;
      event.preventDefault();
      zoom(canvas, (scales.get(canvas) ?? 1) * (event.deltaY < 0 ? 1.1 : 1 / 1.1));
    }, { passive: false });
    let from = null;
    canvas.addEventListener("pointerdown", (event) => {
      if (event.pointerType === "mouse" && event.button === 0) from = { x: event.clientX, y: event.clientY, left: canvas.scrollLeft, top: canvas.scrollTop, moved: false };
    });
    addEventListener("pointermove", (event) => {
      if (!from) return;
      from.moved ||= Math.hypot(event.clientX - from.x, event.clientY - from.y) > 4;
      if (!from.moved) return;
      canvas.classList.add("moving");
      canvas.scrollLeft = from.left - (event.clientX - from.x);
      canvas.scrollTop = from.top - (event.clientY - from.y);
    });
    addEventListener("pointerup", () => { canvas.classList.remove("moving"); setTimeout(() => { from = null; }); });
    canvas.addEventListener("dragstart", (event) => event.preventDefault());
    canvas.addEventListener("click", (event) => { if (from?.moved) { event.preventDefault(); event.stopPropagation(); } }, true);

    const svg = drawing(canvas);
    // The names of lanes stay at the left edge of what is seen.
    canvas.addEventListener("scroll", () => {
      const left = Math.max(canvas.scrollLeft - 16, 0) / (scales.get(canvas) ?? 1) + 16;
      for (const name of all(".lane-name", svg)) name.setAttribute("x", left);
    }, { passive: true });
    const look = (event) => {
      const box = event.target.closest?.(".box");
      if (!box) return;
      const id = box.dataset.id, near = new Set([id]);
      for (const line of all(".line", svg)) {
        const on = line.dataset.start === id || line.dataset.end === id;
        line.classList.toggle("on", on);
        if (on) near.add(line.dataset.start).add(line.dataset.end);
      }
      for (const other of all(".box", svg)) other.classList.toggle("on", near.has(other.dataset.id));
      svg.classList.add("looking");
    };
    const away = () => svg.classList.remove("looking");
    svg.addEventListener("pointerover", (event) => (event.target.closest(".box") ? look(event) : away()));
    svg.addEventListener("pointerleave", away);
    svg.addEventListener("focusin", look);
    svg.addEventListener("focusout", away);
  }
  addEventListener("resize", () => { for (const canvas of all(".canvas")) { scales.delete(canvas); fitFirst(canvas); } });

  // Details of a box open beside the page; any other link closes them first.
  const open = (detail) => {
    const copy = detail.cloneNode(true);
    copy.removeAttribute("id");
    copy.removeAttribute("aria-labelledby");
    for (const part of all("[id]", copy)) part.removeAttribute("id");
    content.replaceChildren(copy);
    panel.setAttribute("aria-label", detail.querySelector("h4").textContent);
    if (!panel.open) panel.showModal();
    panel.scrollTop = 0;
  };
  const go = (id) => {
    const target = document.getElementById(id);
    if (!target) return;
    const owner = target.closest("[data-environment]");
    if (owner && owner.dataset.environment !== shown()) choose(owner.dataset.environment);
    if (target.classList.contains("detail")) return open(target);
    if (panel.open) panel.close();
    target.closest("details")?.setAttribute("open", "");
    target.scrollIntoView({ behavior: still.matches ? "auto" : "smooth" });
    (target.querySelector(":scope > summary") ?? target).focus({ preventScroll: true });
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const id = decodeURIComponent(link.getAttribute("href").slice(1));
    const target = document.getElementById(id);
    if (!target?.matches(".detail, details, details *")) { if (panel.open) panel.close(); return; }
    event.preventDefault();
    if (!target.classList.contains("detail")) history.pushState(null, "", `#${id}`);
    go(id);
  });
  panel.addEventListener("click", (event) => { if (event.target === panel) panel.close(); });

  // The section that is read.
  const links = new Map(all("nav a").map((link) => [link.getAttribute("href").slice(1), link]));
  const mark = () => {
    let current = "overview";
    for (const section of all("main > section")) if (section.getBoundingClientRect().top < 160) current = section.id;
    for (const [id, link] of links) {
      if (id !== current) link.removeAttribute("aria-current");
      else if (!link.hasAttribute("aria-current")) {
        link.setAttribute("aria-current", "true");
        const list = link.closest("nav");
        if (list.scrollWidth > list.clientWidth) list.scrollLeft = link.offsetLeft - list.clientWidth / 2 + link.offsetWidth / 2;
      }
    }
  };
  let waiting = false;
  addEventListener("scroll", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; mark(); });
  }, { passive: true });

  if (radios.length) {
    const kept = store.read("environment");
    choose(radios.some((radio) => radio.value === kept) ? kept : shown());
  } else all(".canvas").forEach(fitFirst);
  mark();
  const goToHash = () => {
    let id = location.hash.slice(1);
    try { id = decodeURIComponent(id); } catch { /* a link that was cut, like #%: no place has this id */ }
    if (id) go(id);
  };
  goToHash();
  addEventListener("popstate", goToHash);
})();
