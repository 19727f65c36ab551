// What this browser remembers. Private windows and full disks may refuse: the page then works without memory.

export function remembered(key, otherwise = "") {
  try {
    return window.localStorage.getItem(`atelier.${key}`) ?? otherwise;
  } catch {
    return otherwise;
  }
}

export function remember(key, value) {
  try {
    if (value === null) window.localStorage.removeItem(`atelier.${key}`);
    else window.localStorage.setItem(`atelier.${key}`, value);
  } catch {
    // Without storage the choice lasts until the page is left.
  }
}
