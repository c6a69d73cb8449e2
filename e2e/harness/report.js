// Prints each scene as it ends and closes with the line that the whole suite counts: "N passed, N failed".
export default async function* report(source) {
  let passed = 0;
  let failed = 0;
  for await (const { type, data } of source) {
    if (type === "test:diagnostic" && data.nesting > 0) yield `       ${data.message}\n`;
    if (type === "test:stdout" || type === "test:stderr") yield data.message;
    if (data?.details?.type === "suite") {
      // A suite only fails by itself when it breaks outside of its scenes.
      if (type !== "test:fail" || data.details.error?.failureType === "subtestsFailed") continue;
    }
    if (type === "test:pass") {
      passed++;
      yield `pass  ${data.name} ${seconds(data)}\n`;
    } else if (type === "test:fail") {
      failed++;
      yield `FAIL  ${data.name} ${seconds(data)}\n${indent(message(data.details.error))}\n`;
    }
  }
  yield `${passed} passed, ${failed} failed\n`;
}

const seconds = (data) => `${(data.details.duration_ms / 1000).toFixed(1)}s`;

function message(error) {
  const cause = error?.cause ?? error;
  return cause?.stack ?? String(cause);
}

const indent = (text) => text.replace(/^/gm, "      ");
