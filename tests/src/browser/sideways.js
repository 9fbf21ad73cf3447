// What makes the page wider than its window: nothing may, except inside a box that scrolls by itself (a wide table).
const root = document.documentElement;
const room = root.clientWidth;
if (Math.max(root.scrollWidth, document.body.scrollWidth) <= room) return [];
const scrolls = (el) => {
  for (let box = el.parentElement; box && box !== document.body; box = box.parentElement) {
    if (["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(box).overflowX)) return true;
  }
  return false;
};
const wide = [`the page is ${root.scrollWidth} px wide in a window of ${room} px`];
for (const el of document.body.querySelectorAll("*")) {
  const box = el.getBoundingClientRect();
  if (box.right > room + 0.5 && box.width > 0 && !scrolls(el)) {
    wide.push(`${el.tagName.toLowerCase()}${el.id ? "#" + el.id : ""}.${el.className} ends at ${Math.round(box.right)} px`);
  }
}
return wide.slice(0, 12);
