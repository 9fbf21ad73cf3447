// What has the focus, in words a failure can show.
const el = document.activeElement;
if (!el || el === document.body) return "nothing";
const id = el.id ? "#" + el.id : el.name ? `[name=${el.name}]` : "";
const text = (el.getAttribute("aria-label") || el.innerText || el.value || "").trim().replace(/\s+/g, " ");
return `${el.tagName.toLowerCase()}${id} "${text.slice(0, 60)}"`;
