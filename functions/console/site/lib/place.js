/**
 * Where the API is: one folder above the page. Told by the page's own address, since the modules may be served
 * under an address with a version in it.
 */
const ROOT = new URL("../", document.baseURI);

/** The address of a path of the API, beginning with "/". */
export const addressOf = (path) => new URL(path.replace(/^\/+/, ""), ROOT);

/** The address of this console, with a route after "#". */
export const consoleAddress = (hash = "") => new URL(`index.html${hash}`, document.baseURI).href;
