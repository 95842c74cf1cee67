import { unreadableTopics, type UnreadableTopic } from '@nuncio/kafka';
import { Gauge } from 'prom-client';

const unreadable = new Gauge({ name: 'nuncio_unreadable_topics', help: '1 while a topic does not exist, or may not be read by this process, by topic.', labelNames: ['topic'] as const });

export function measureUnreadableTopics(): void {
  unreadableTopics.subscribe((message) => {
    const { topic, isReadable } = message as UnreadableTopic;
    unreadable.set({ topic }, isReadable ? 0 : 1);
  });
}
