import Broker from 'kafkajs/src/broker/index.js';
import { FetchSession } from './fetch-session.js';

/** A consumer has a view of each broker of its own, and so a session. */
const sessions = new WeakMap<Broker, FetchSession>();

/**
 * kafkajs names all its partitions in each fetch, and is answered about each, though most have nothing new. With this, consumers fetch in sessions (`FetchSession`). Only consumers
 * name their rack; other fetches have no session.
 */
export function mendFetches(): void {
  const { fetch } = Broker.prototype;
  Broker.prototype.fetch = async function (this: Broker, request) {
    if (request.rackId === undefined) return fetch.call(this, request);
    const session = sessions.get(this) ?? new FetchSession();
    // A second fetch beside one that is under way begins a session of its own.
    sessions.delete(this);
    const { topics, ...terms } = session.request(request.topics);
    const lookupRequest: Broker['lookupRequest'] = (key, versions) => {
      const make = this.lookupRequest(key, versions);
      return (parameters) => make({ ...parameters, ...terms });
    };
    try {
      const answer = await fetch.call(Object.create(this, { lookupRequest: { value: lookupRequest } }) as Broker, { ...request, topics });
      session.answered(answer);
      return answer;
    } catch (error) {
      session.failed();
      throw error;
    } finally {
      sessions.set(this, session);
    }
  };
}
