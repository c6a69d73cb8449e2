import { FenceSketch } from './element';

customElements.define('fence-sketch', FenceSketch);
