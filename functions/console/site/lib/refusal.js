/** Why the API did not do what was asked. */

const OFFLINE = "offline";

/**
 * A refusal: `cause` and `nextStep` are the API's own words, `problems` are `{field, reason, nextStep}`.
 * With code "offline" no answer came at all.
 */
export class Refusal extends Error {
  constructor({ status = 0, code, cause = "", nextStep = "", field = "", problems = [], ...more }) {
    super(cause || code);
    this.name = "Refusal";
    this.status = status;
    this.code = code;
    this.cause = cause;
    this.nextStep = nextStep;
    this.field = field;
    this.problems = problems;
    this.retryAfter = more.retryAfter ?? null;
    this.support = more.support ?? "";
    this.install = more.install ?? null;
    this.plan = more.plan ?? null;
  }

  /** No answer came: the network, or a browser that blocks it. */
  static offline() {
    return new Refusal({ code: OFFLINE });
  }

  get isOffline() {
    return this.code === OFFLINE;
  }
}

/** Read a refusal out of an answer of 400 and above; API Gateway's own answers have no `error`. */
export async function refusalOf(answer) {
  const body = await answer.json().catch(() => ({}));
  const told = body.error ?? {};
  return new Refusal({
    status: answer.status,
    code: told.code ?? `http_${answer.status}`,
    cause: told.cause,
    nextStep: told.next_step,
    field: told.field,
    problems: (told.problems ?? []).map(problemOf),
    retryAfter: secondsOf(answer.headers.get("Retry-After")),
    support: told.support_address,
    install: told.install,
    plan: told.plan,
  });
}

/** Write a problem of the API (`next_step`) as the parts take it (`nextStep`). */
export function problemOf({ field, reason, next_step }) {
  return { field, reason, nextStep: next_step };
}

function secondsOf(header) {
  const seconds = Number(header);
  return header && Number.isFinite(seconds) ? seconds : null;
}
