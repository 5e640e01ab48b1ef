/** Choices of this browser (language, theme, tenant). Nothing secret is ever kept here. */

/** Return what is kept under a name, or `otherwise`; a browser that keeps nothing is no error. */
export function kept(name, otherwise = "") {
  try {
    return localStorage.getItem(`plumbline.${name}`) ?? otherwise;
  } catch {
    return otherwise;
  }
}

/** Keep a value under a name. */
export function keep(name, value) {
  try {
    localStorage.setItem(`plumbline.${name}`, value);
  } catch {
    // a private window may refuse: the choice then lasts as long as the page
  }
}
