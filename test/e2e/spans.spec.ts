import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AuthorizationServer, perDelivery, Receiver, TraceCollector, type CollectedSpan } from '@nuncio/fixtures';
import type { AttemptAnswer } from '../fleet/answers.js';
import { eventually } from '../fleet/eventually.js';
import { ownFleet, type OwnFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

interface TracedAttempt extends AttemptAnswer {
  readonly traceId: string | null;
}

const client = { clientId: 'traced', clientSecret: 'a secret of the traced client', authMethod: 'client_secret_basic' } as const;
const hex = (bytes: number): string => randomBytes(bytes).toString('hex');

describe('an installation that exports spans', () => {
  let fleet: OwnFleet;
  let collector: TraceCollector;
  let receiver: Receiver;
  let server: AuthorizationServer;
  beforeAll(async () => {
    [collector, receiver, server] = await Promise.all([TraceCollector.start(), Receiver.start(), AuthorizationServer.start({ clients: [client] })]);
    fleet = await ownFleet('spans', { env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '100', OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment=spec' } });
  });
  afterAll(async () => {
    await fleet.close();
    await Promise.all([receiver.close(), server.down(), collector.close()]);
  });

  /** Name, service and parent of the spans of a trace. */
  const tree = (trace: string) => {
    const spans = collector.spans.filter((span) => span.trace === trace);
    const nameOf = (id: string): string | null => spans.find((span) => span.id === id)?.name ?? null;
    return spans.map(({ name, service, parent }) => `${nameOf(parent) ?? (parent ? 'the publisher' : '-')} > ${service.replace('nuncio-', '')}: ${name}`).sort();
  };

  it('records intake, token, attempt, delay and log in the trace of the publisher, and a retry in a linked trace', async () => {
    const tenant = await Tenant.create(fleet);
    const credential = await tenant.credential(server, client);
    await tenant.subscribe(receiver, { profile: 'standard', authentication: { type: 'oauth2', credential }, retry: { delaysSeconds: [2], jitter: 0 } });
    // Otherwise the sample's token would be used, which is from before the change.
    await fleet.api.patch(`/v1/credentials/${credential}`, { params: { again: 'yes' } });
    await tenant.inForce();
    receiver.answer(perDelivery({ status: 503 }, { status: 200 }));
    const [traced, untraced, unsampled] = [hex(16), hex(16), hex(16)];
    const publish = (id: string, traceparent?: string) =>
      fetch(`${fleet.api.url}/v1/events`, {
        method: 'POST',
        headers: { authorization: `Bearer ${fleet.api.key}`, 'content-type': 'application/cloudevents+json', ...(traceparent && { traceparent }) },
        body: JSON.stringify({ specversion: '1.0', id, source: `/${tenant.id}`, type: tenant.eventType, tenant: tenant.id, data: {} }),
      });
    for (const [id, traceparent] of [[traced, `00-${traced}-${hex(8)}-01`], [untraced, undefined], [unsampled, `00-${unsampled}-${hex(8)}-00`]] as const) expect((await publish(id, traceparent)).status).toBe(202);

    const attempts = await eventually(async () => {
      const all = (await tenant.attempts()) as TracedAttempt[];
      expect(all).toHaveLength(6);
      return all;
    });
    const first = ['attempt > dispatcher: POST', 'attempt > dispatcher: delay', 'attempt > dispatcher: send attempts', 'process events > dispatcher: attempt', 'send events > dispatcher: process events', 'attempt > attempt-log: process attempts'];
    const retry = ['- > dispatcher: attempt', 'attempt > attempt-log: process attempts', 'attempt > dispatcher: POST', 'attempt > dispatcher: send attempts'];
    const idOf = (ceId: string): string => attempts.find((attempt) => attempt.ceId === ceId)?.traceId ?? '';
    await eventually(() => {
      expect(tree(traced)).toEqual(expect.arrayContaining([...first, 'the publisher > gateway: send events']));
      expect(tree(idOf(untraced))).toEqual(expect.arrayContaining([...first, '- > gateway: send events']));
      for (const ceId of [traced, untraced]) expect(linkedTo(idOf(ceId)).map(({ trace }) => tree(trace))).toEqual([retry]);
      // The token request belongs to the trace of the delivery that asked first.
      const fetched = collector.spans.filter(({ name, service }) => name === 'process token.requests' && service === 'nuncio-token-service');
      expect(fetched.filter(({ trace }) => [traced, idOf(untraced)].includes(trace)).length).toBeGreaterThan(0);
    });
    expect(idOf(traced)).toBe(traced);
    expect(collector.spans.filter(({ trace, links }) => trace === unsampled || links.includes(unsampled))).toEqual([]);
    const [attempt] = collector.spans.filter(({ trace, name }) => trace === traced && name === 'attempt');
    expect(attempt).toMatchObject({ failed: true, attributes: { 'nuncio.attempt.number': 1, 'nuncio.tenant': tenant.id, 'nuncio.next': 'later' } });
    for (const { from, to } of collector.spans) expect(to).toBeGreaterThanOrEqual(from);
    // No secret, no payload, and no URL with a path, which may be a secret.
    expect(JSON.stringify(collector.spans)).not.toMatch(/Bearer|a secret of the traced client|\/hooks/);
  });

  const linkedTo = (trace: string): CollectedSpan[] => collector.spans.filter(({ links }) => links.includes(trace));
});
