// Which controls are smaller than arguments[0] CSS pixels in one direction. What counts is where a finger hits: a label that belongs to
// a field, or a ::before that enlarges a link, counts. Links inside a sentence are let off, as WCAG 2.5.8 does; so is what
// arguments[1] (a selector, may be empty) means.
const [least, exempt] = arguments;
const CONTROLS = "a[href], button, summary, select, textarea, input:not([type=hidden]), [role=button], [tabindex='0']";

const isShown = (el) => {
  const box = el.getBoundingClientRect();
  return box.width > 1 && box.height > 1 && el.checkVisibility({ opacityProperty: false, visibilityProperty: true });
};

const inSentence = (el) => {
  if (el.tagName !== "A" || getComputedStyle(el).display !== "inline") return false;
  let block = el.parentElement;
  while (block && getComputedStyle(block).display === "inline") block = block.parentElement;
  const own = (el.innerText || "").trim().length;
  return !!block && (block.innerText || "").trim().length > own;
};

// A click at a point reaches the control: it is the control, lies in it, or is a label of it.
const reaches = (el, x, y) => {
  const hit = document.elementFromPoint(x, y);
  if (!hit) return false;
  if (hit === el || el.contains(hit)) return true;
  const label = hit.closest("label");
  return !!label && label.control === el;
};

// How far the control can be hit from its middle, to one side.
const reach = (el, x, y, dx, dy) => {
  let far = 0;
  while (far < least && reaches(el, x + dx * (far + 1), y + dy * (far + 1))) far += 1;
  return far;
};

const small = [];
for (const el of document.querySelectorAll(CONTROLS)) {
  if ((exempt && el.closest(exempt)) || inSentence(el)) continue;
  // A field that is hidden behind its own label (drawn choices) is hit through the label.
  const label = el.labels && el.labels[0];
  const face = isShown(el) ? el : label && isShown(label) ? label : null;
  if (!face || el.disabled) continue;
  const size = (box) => [box.width, box.height];
  let [width, height] = size(face.getBoundingClientRect());
  if (label && isShown(label)) {
    const [labelWidth, labelHeight] = size(label.getBoundingClientRect());
    if (reaches(el, 0, 0) || label.contains(el)) [width, height] = [Math.max(width, labelWidth), Math.max(height, labelHeight)];
  }
  if (width < least || height < least) {
    face.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
    const box = face.getBoundingClientRect();
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    width = Math.max(width, reach(el, x, y, -1, 0) + reach(el, x, y, 1, 0));
    height = Math.max(height, reach(el, x, y, 0, -1) + reach(el, x, y, 0, 1));
  }
  // Half a pixel is lost to rounding.
  if (width < least - 0.5 || height < least - 0.5) {
    const id = el.id ? "#" + el.id : el.className ? "." + String(el.className.baseVal ?? el.className).trim().split(/\s+/).join(".") : "";
    const text = (el.innerText || el.getAttribute("aria-label") || el.name || "").trim().replace(/\s+/g, " ").slice(0, 40);
    small.push(`${el.tagName.toLowerCase()}${id} "${text}": ${Math.round(width)} × ${Math.round(height)}`);
  }
}
window.scrollTo(0, 0);
return small;
