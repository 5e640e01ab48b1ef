/**
 * The parts that pages are made of. Classes for the rest: `stack` (one below the other), `row` (side by side, wraps),
 * `spread` (two ends of a line), `columns` (two, one on narrow screens), `muted`, `small`, `hidden` (for screen readers).
 */
export { Button, CopyText, OutLink } from "./button.js";
export { Confirm, Dialog } from "./dialog.js";
export { Check, Field, FieldError, fieldError, RadioGroup, Search, Select, useOwnId } from "./field.js";
export { Form, FormButtons } from "./form.js";
export { Icon, Mark } from "./icon.js";
export { Notice, Problems, RefusalNotice } from "./notice.js";
export { Card, Empty, Page, Spinner, Tabs } from "./page.js";
export { ProcoreSignIn } from "./procore_sign_in.js";
export { GlanceLine, Progress, StateBadge, Time } from "./state.js";
export { BeforeAfter, Facts, Pager, Table, Value } from "./table.js";
