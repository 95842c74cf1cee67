import { describe, expect, it } from '@jest/globals';
import { along, between, closer, factorOf, farther, isWhole, seen, WHOLE, zoomOf, zoomText, type Zoom } from './zoom.js';

describe('the part of a timeline that is shown', () => {
  it('comes closer around what one looks at, and goes back to the whole', () => {
    expect([closer(WHOLE), closer(WHOLE, 10), closer(WHOLE, 99), closer([40, 60], 5)]).toEqual([[25, 75], [0, 50], [50, 100], [45, 55]]);
    expect([farther(closer(WHOLE)), farther([0, 30]), farther(WHOLE)]).toEqual([WHOLE, [0, 60], WHOLE]);
  });

  it('has an end to both sides and to both depths', () => {
    let zoom: Zoom = WHOLE;
    for (let i = 0; i < 30; i++) zoom = closer(zoom, 70);
    expect(factorOf(zoom)).toBe(200);
    for (let i = 0; i < 600; i++) zoom = along(zoom, 1);
    expect(zoom).toEqual([99.5, 100]);
    for (let i = 0; i < 600; i++) zoom = along(zoom, -1);
    expect(zoom).toEqual([0, 0.5]);
  });

  it('is what one drags over, in either direction', () => {
    expect([between([20, 60], 0.25, 0.5), between([20, 60], 0.5, 0.25)]).toEqual([[30, 40], [30, 40]]);
  });

  it('shows the part of a bar that is in it', () => {
    const bar = { from: 40, width: 20 };
    expect([seen(bar, WHOLE), seen(bar, [50, 100]), seen(bar, [45, 50]), seen(bar, [0, 30]), seen({ from: 50, width: 0 }, [25, 75])]).toEqual([bar, { from: 0, width: 20 }, { from: 0, width: 100 }, null, { from: 50, width: 0 }]);
  });

  it('is the same after a way through the URL, and the whole if that is nonsense', () => {
    for (const zoom of [[0, 50], [33.333, 66.667]] as const) expect(zoomOf(zoomText(zoom))).toEqual(zoom);
    for (const text of ['', '0-100', '60-20', '20-20', '-5-10', 'a-b', '1e1-20', undefined, 7]) expect(zoomOf(text)).toBeNull();
    expect(zoomOf('90-900')).toBeNull();
    expect(isWhole(WHOLE)).toBe(true);
  });
});
