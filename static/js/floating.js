// Places a popover beside the button that opened it, inside the window.

const GAP = 4;
const EDGE = 8;

export function place(popover, button, align = "start") {
  const anchor = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = popover;
  const toEnd = (align === "end") !== (document.documentElement.dir === "rtl");
  const wantedLeft = toEnd ? anchor.right - width : anchor.left;
  const left = Math.min(Math.max(EDGE, wantedLeft), window.innerWidth - width - EDGE);
  const below = anchor.bottom + GAP;
  const above = anchor.top - GAP - height;
  const top = below + height > window.innerHeight - EDGE && above >= EDGE ? above : below;
  popover.style.left = `${Math.max(EDGE, left)}px`;
  popover.style.top = `${top}px`;
}

// Makes `panel` a popover of `button`: light dismiss, Escape and the way back of the focus are the browser's.
export function makePopover(button, panel, align) {
  panel.popover = "auto";
  panel.hidden = false;
  button.popoverTargetElement = panel;
  button.setAttribute("aria-expanded", "false");
  const follow = () => panel.matches(":popover-open") && place(panel, button, align);
  const leave = () => panel.matches(":popover-open") && panel.hidePopover();
  panel.addEventListener("toggle", (event) => {
    const isOpen = event.newState === "open";
    button.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) place(panel, button, align);
    window[isOpen ? "addEventListener" : "removeEventListener"]("resize", follow);
    // A menu inside a scrolling table would otherwise float away from its row.
    window[isOpen ? "addEventListener" : "removeEventListener"]("scroll", leaveUnlessInside, true);
  });
  function leaveUnlessInside(event) {
    if (!panel.contains(event.target)) leave();
  }
}
