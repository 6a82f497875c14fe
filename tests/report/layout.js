// What is wrong with the layout of the page as it is shown: a list of texts, empty if nothing is.
() => {
  const problems = [];
  const width = document.documentElement.clientWidth;
  const say = (what, element, more = "") =>
    problems.push(`${what}: ${element.tagName.toLowerCase()}.${element.getAttribute("class") ?? ""} "${element.textContent.trim().slice(0, 40)}" ${more}`);
  const isShown = (element) => element.checkVisibility({ checkVisibilityCSS: true, checkOpacity: true });
  const scrolls = (element) => element.closest(".scroll, .canvas, pre, nav, dialog");
  const isHidden = (element) => element.closest(".hidden, .skip, .store, nav ul, .environment > h3:not(.shown)");
  const overlap = (one, other, slack) =>
    Math.min(one.right, other.right) - Math.max(one.left, other.left) > slack &&
    Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > slack;
  const pairs = (elements, slack, what) => {
    const boxes = elements.map((element) => [element, element.getBoundingClientRect()]).filter(([, box]) => box.width && box.height);
    boxes.forEach(([one, box], place) => {
      for (const [other, second] of boxes.slice(place + 1)) if (overlap(box, second, slack)) say(what, one, `and "${other.textContent.trim().slice(0, 40)}"`);
    });
  };

  if (document.documentElement.scrollWidth > width) problems.push(`the page is ${document.documentElement.scrollWidth} wide, not ${width}`);

  // Nothing leaves the page, or the frame that scrolls it; no text leaves its own element.
  for (const element of document.querySelectorAll("body *")) {
    if (element.closest("svg, script, style, head") || isHidden(element) || !isShown(element)) continue;
    const box = element.getBoundingClientRect();
    if (!scrolls(element) && (box.left < -1 || box.right > width + 1)) say("outside of the page", element, `${box.left} to ${box.right} of ${width}`);
    const style = getComputedStyle(element);
    const mayScroll = /auto|scroll/.test(style.overflowX);
    if (!mayScroll && style.display !== "inline" && element.scrollWidth > element.clientWidth + 1 && element.clientWidth) say("text that is cut or leaves its element", element, `${element.scrollWidth} > ${element.clientWidth}`);
    if (mayScroll && element.scrollWidth > element.clientWidth + 1 && element.tabIndex < 0 && !element.matches("nav, pre")) say("scrolls, but not by keyboard", element);
  }

  // What stands in a row or below each other does not cover each other.
  for (const parent of document.querySelectorAll("header, main, main > section, .environment, .beside, nav ul, .figures, .legend, .tools, .dashboard, .detail, .way, .alarms, tr, dl > div"))
    if (isShown(parent) && !isHidden(parent)) pairs([...parent.children].filter((child) => isShown(child) && !isHidden(child)), 1, "covers each other");

  // Texts of a drawing are inside of their boxes, and nothing else is over them.
  for (const svg of document.querySelectorAll(".canvas > svg")) {
    if (!isShown(svg)) continue;
    const frames = [];
    for (const shape of svg.querySelectorAll(".box")) {
      const frame = shape.querySelector(".frame").getBoundingClientRect();
      frames.push(shape.querySelector(".frame"));
      for (const text of shape.querySelectorAll("text")) {
        const box = text.getBoundingClientRect();
        if (box.left < frame.left || box.right > frame.right || box.top < frame.top || box.bottom > frame.bottom + 1) say("text outside of its box", text, `${box.right} > ${frame.right}`);
      }
      pairs([...shape.querySelectorAll("text")], 4, "lines of a box cover each other");
    }
    pairs([...frames, ...svg.querySelectorAll(".passage, .lane-name")], 1, "parts of a drawing cover each other");
  }
  return problems;
}
