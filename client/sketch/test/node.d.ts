// The little of Node's test runner that these tests use, so that the browser's types stay the
// only ones the sketch is checked against.

declare module 'node:test' {
  interface TestContext {
    readonly mock: { readonly timers: { enable(options: { apis: readonly string[] }): void } };
  }
  export function test(name: string, run: (t: TestContext) => void | Promise<void>): void;
}

declare module 'node:assert/strict' {
  interface Assert {
    ok(value: unknown, message?: string): asserts value;
    equal(got: unknown, want: unknown, message?: string): void;
    notEqual(got: unknown, want: unknown, message?: string): void;
    deepEqual(got: unknown, want: unknown, message?: string): void;
    match(text: string, pattern: RegExp, message?: string): void;
  }
  const assert: Assert;
  export default assert;
}
