// The table of runs is the server's form. The island only carries it back and forth: fetched
// anew when the drawing changed, sent when it was edited, and the answer swaps the whole sketch.

export class Table {
  private edited = false;

  constructor(
    private readonly sketch: HTMLElement,
    private form: HTMLFormElement,
    private readonly saved: () => Promise<void>,
    private readonly tell: (text: string) => void,
  ) {
    this.listen();
  }

  private listen(): void {
    this.form.tabIndex = -1;
    this.form.addEventListener('input', () => (this.edited = true));
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.send(event.submitter, 'table');
    });
  }

  focus(): void {
    const first = this.form.querySelector<HTMLElement>('input:not([type=hidden]), select, button');
    (first ?? this.form).focus();
  }

  /** Fetches the rows of the drawing as it is saved now. */
  async fresh(): Promise<boolean> {
    await this.saved();
    try {
      const response = await fetch(this.form.action, { headers: { Accept: 'text/html' } });
      const form = parse(await response.text()).querySelector('form.sketch-table');
      if (!response.ok || !(form instanceof HTMLFormElement)) throw new Error(response.statusText);
      this.form.replaceWith(form);
      this.form = form;
      this.edited = false;
      this.listen();
      return true;
    } catch {
      this.tell('No signal. The table opens when it is back; drawing goes on.');
      return false;
    }
  }

  /** Sends what was typed into the table, if anything, before the drawing is shown. */
  async sent(): Promise<boolean> {
    return this.edited ? this.send(null, 'draw') : true;
  }

  private async send(button: HTMLElement | null, mode: 'draw' | 'table'): Promise<boolean> {
    await this.saved();
    const fields = new FormData(this.form, button);
    const body = new URLSearchParams([...fields].map(([name, value]) => [name, String(value)]));
    try {
      const response = await fetch(this.form.action, { method: 'POST', body, headers: { Accept: 'text/html' } });
      const next = parse(await response.text()).querySelector('fence-sketch');
      if (!(next instanceof HTMLElement) || response.status >= 500) throw new Error(response.statusText);
      next.dataset.mode = response.ok ? mode : 'table';
      this.sketch.replaceWith(document.importNode(next, true));
      document.querySelector<HTMLElement>('.error-summary')?.focus();
    } catch {
      this.tell('The table was not sent. What you typed is still here; try again in a minute.');
    }
    return false;
  }
}

const parse = (markup: string): Document => new DOMParser().parseFromString(markup, 'text/html');
