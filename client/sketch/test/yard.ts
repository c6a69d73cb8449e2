// The reference yard: 40 / 60 / 40 ft, one 48-in walk gate 8 ft from the first corner.

import type { SketchDocument } from '../model/document';

export const yard: SketchDocument = {
  layout: {
    nodes: [
      { id: 'A', x: 0, y: 0 },
      { id: 'B', x: 0, y: 40 },
      { id: 'C', x: 60, y: 40 },
      { id: 'D', x: 60, y: 0 },
    ],
    segments: [
      { id: 'AB', from: 'A', to: 'B' },
      { id: 'BC', from: 'B', to: 'C' },
      { id: 'CD', from: 'C', to: 'D' },
    ],
    gates: [{ id: 'g1', segment: 'AB', offset_ft: 8, opening_in: 48, kind: 'walk' }],
    style: { kind: 'wood', height_ft: 6, post_spacing_ft: 8 },
  },
  extras: { runs: { AB: { measured: true }, BC: { measured: true }, CD: { measured: true } } },
};

export const empty: SketchDocument = {
  layout: { nodes: [], segments: [], gates: [], style: { kind: 'wood' } },
  extras: {},
};
