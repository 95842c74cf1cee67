import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { DAYS, play, type Course, type Day } from './day.js';
import { scaledObject } from './scaled-object.js';

const object = scaledObject();
const [late] = object.triggers;
/** The query's result for a fleet: it counts lateness only if more records than this are due. */
const [, enough = ''] = /max\(nuncio_due_records\{namespace="webhooks"\}\) > bool (\d+)/.exec(late?.metadata.query ?? '') ?? [];
const lateness = (seconds: number, records: number): number => (records > Number(enough) ? seconds : 0);
const courses = DAYS.map((day): [string, Day, Course] => [day.name, day, play(object, day, lateness)]);

const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
const table = courses.map(([name, , { fewest, most, changes, turns, quickestTurnSeconds, latestSeconds, usedPercent }]) => line([name, `${fewest} to ${most}`, changes, turns ? `${turns}, after ${Math.round(quickestTurnSeconds / 60)} min at the soonest` : 0, `${latestSeconds} s`, `${usedPercent} %`])).join('\n');

describe("a day with the chart's ScaledObject", () => {
  it('queries what the simulation uses', () => {
    expect(late?.metadata.query).toBe(`max(nuncio_due_late_seconds{namespace="webhooks"}) * (max(nuncio_due_records{namespace="webhooks"}) > bool ${enough})`);
    expect(object).toMatchObject({ minReplicaCount: 2, maxReplicaCount: 12, triggers: [{ metricType: 'Value', metadata: { threshold: '5' } }, { metricType: 'AverageValue', metadata: { threshold: '0.6' } }] });
  });

  it.each(courses)('%s: nothing starves, and the number does not flap', (_, day, { latestSeconds, quickestTurnSeconds, changes, most }) => {
    expect(latestSeconds).toBeLessThan(120);
    // Each change is a rebalance of five seconds, so a hundred changes are ten minutes of a day.
    expect(quickestTurnSeconds).toBeGreaterThanOrEqual(600);
    expect(changes).toBeLessThanOrEqual(100);
    if (day.hanging) expect(most).toBe(object.minReplicaCount);
  });

  it('is in docs/runbooks/scale.md as the simulation computes it', () => {
    const manual = readFileSync(fileURLToPath(new URL('../../docs/runbooks/scale.md', import.meta.url)), 'utf8');
    expect(manual).toContain(table);
  });

  it('flapped without a wait: the windows keep it steady', () => {
    const { behavior } = object.advanced.horizontalPodAutoscalerConfig;
    const hasty = { ...object, advanced: { horizontalPodAutoscalerConfig: { behavior: { scaleUp: { ...behavior.scaleUp, stabilizationWindowSeconds: 0 }, scaleDown: { stabilizationWindowSeconds: 0, policies: behavior.scaleUp.policies } } } } };
    const upAndDown = DAYS.find(({ name }) => name.startsWith('up and down'))!;
    expect(play(hasty, upAndDown, lateness).turns).toBeGreaterThan(20);
  });

  it('grew for one endpoint that hangs, when only lateness counted', () => {
    const hanging = DAYS.find((day) => day.hanging)!;
    expect(play(object, hanging, (seconds) => seconds).most).toBe(object.maxReplicaCount);
  });
});
