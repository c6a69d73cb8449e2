// A person's hand: everything it does is an interaction and is counted. Filling a field is one, a press is one.
export class Hand {
  count = 0;

  constructor(page) {
    this.page = page;
  }

  async fill(label, value) {
    this.count++;
    await this.page.getByLabel(label, { exact: true }).first().fill(value);
  }

  /** Presses a button or link by its name. */
  async press(name, where = this.page) {
    await this.touch(where.getByRole("button", { name }).or(where.getByRole("link", { name })).filter({ visible: true }).first());
  }

  /** Presses what a locator finds, with a finger where there is one. */
  async touch(target) {
    this.count++;
    await target.click();
  }
}
