// The panel the server renders, kept beside the drawing: grayed while it is older, swapped when
// the answer comes, with whatever was open kept open. On a phone it opens from the price bar.

import type { SketchDocument } from '../model/document';
import { drawnLength } from '../model/lengths';
import { count, drawnTotal } from '../model/words';
import { type Priced, type Problem, dollars, shownTier } from '../keeping/pricing';
import { html, put, putText } from './html';

export class Panel {
  readonly bar: HTMLButtonElement;
  private readonly state = html('p', { class: 'panel-state' });
  private answeredAt = '';
  private readonly facts = html('span', { class: 'facts' }, 'Parts and prices'); // until the first answer
  private readonly price = html('span', { class: 'price' });

  constructor(
    private readonly panel: HTMLElement,
    light: (parts: ReadonlySet<string>) => void,
  ) {
    this.bar = html(
      'button',
      { type: 'button', class: 'sketch-bar', 'aria-expanded': 'false', click: () => this.toggle() },
      this.facts,
      this.price,
    );
    panel.id ||= 'sketch-panel';
    this.bar.setAttribute('aria-controls', panel.id);
    panel.tabIndex = -1;
    panel.prepend(this.state);
    // A line of the panel that names its parts lights them in the drawing.
    const lit = (event: Event): void => {
      const line = event.target instanceof Element ? event.target.closest('[data-parts]') : null;
      const parts = line?.getAttribute('data-parts') ?? '';
      light(new Set(parts.split(/\s+/).filter(Boolean)));
    };
    for (const name of ['pointerover', 'focusin', 'click']) panel.addEventListener(name, lit);
    for (const name of ['pointerleave', 'focusout']) panel.addEventListener(name, () => light(new Set()));
    panel.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && this.bar.ariaExpanded === 'true') this.toggle();
    });
  }

  private toggle(): void {
    const open = this.bar.getAttribute('aria-expanded') !== 'true';
    this.bar.setAttribute('aria-expanded', String(open));
    this.panel.classList.toggle('open', open);
    (open ? this.panel : this.bar).focus();
  }

  focus(): void {
    if (getComputedStyle(this.bar).display !== 'none' && !this.panel.classList.contains('open')) {
      this.bar.focus();
    } else {
      this.panel.focus();
    }
  }

  asked(): void {
    put(this.panel, 'aria-busy', 'true');
    this.bar.classList.add('old');
    putText(this.state, 'updating');
  }

  /** No answer came: what is shown stays and says how old it is. */
  silent(): void {
    putText(this.state, this.answeredAt ? `as of ${this.answeredAt}` : 'not priced yet');
  }

  /** An empty drawing has no price; unknown is never 0. */
  empty(): void {
    this.fresh('Draw the first run. Posts and prices come with it.');
    putText(this.facts, 'Nothing drawn yet');
    putText(this.price, '');
  }

  private fresh(state: string): void {
    this.panel.removeAttribute('aria-busy');
    this.bar.classList.remove('old');
    putText(this.state, state);
  }

  priced({ html: markup, takeoff, tiers }: Priced): void {
    const open = [...this.panel.querySelectorAll('details[open][id]')].map(({ id }) => id);
    const active = this.panel.contains(document.activeElement) ? document.activeElement?.id : '';
    // The markup is our own server's page, rendered and escaped there.
    this.panel.innerHTML = markup;
    this.panel.prepend(this.state);
    for (const id of open) document.getElementById(id)?.setAttribute('open', '');
    if (active) document.getElementById(active)?.focus();
    this.answeredAt = new Date().toLocaleTimeString('en-US', { hour: 'numeric', minute: '2-digit' });
    this.fresh('');
    const tier = shownTier(tiers);
    putText(
      this.facts,
      `${drawnLength(takeoff.drawn_length_ft)} · ${count(takeoff.posts.total, 'post')}`,
    );
    putText(this.price, tier ? `${tier.name} ${dollars(tier.total_cents)}` : 'not priced yet');
  }

  refused(problem: Problem, doc: SketchDocument, pointed: (pointer: string) => void): void {
    const lines = problem.errors.map(({ pointer, message }) =>
      html('li', {}, html('button', { type: 'button', click: () => pointed(pointer) }, message)),
    );
    this.panel.querySelector('.panel-problem')?.remove();
    this.state.after(
      html('div', { class: 'panel-problem', role: 'alert' }, html('p', {}, problem.title), html('ul', {}, ...lines)),
    );
    putText(this.state, 'The prices below are of the drawing before.');
    putText(this.facts, drawnLength(drawnTotal(doc)));
    putText(this.price, 'not priced yet');
  }
}

/** What the ear gets after a second of quiet: "18 bays, 20 posts, Premium $6,849". */
export function spokenPrice({ takeoff, tiers }: Priced): string {
  const bays = takeoff.runs.reduce((sum, run) => sum + run.bays, 0);
  const tier = shownTier(tiers);
  const parts = [count(bays, 'bay'), count(takeoff.posts.total, 'post')];
  if (tier) parts.push(`${tier.name} ${dollars(tier.total_cents)}`);
  return parts.join(', ');
}
