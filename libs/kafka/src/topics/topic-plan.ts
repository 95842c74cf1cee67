import type { Topic } from '@nuncio/contracts';
import { hasOnePartition, leastRetentionMs, RETENTION, settingsOf, type TopicChoices, type TopicSetting } from './topic-settings.js';

/** A topic as the cluster has it. */
export interface PresentTopic {
  readonly partitions: number;
  /** The number of copies of each partition, at least. */
  readonly copies: number;
  /** By name. `own`: set on the topic itself, by Nuncio or by hand; else it is the cluster's. */
  readonly settings: ReadonlyMap<string, { readonly value: string; readonly own: boolean }>;
}

/** The plan for a topic. */
export interface TopicPlan {
  readonly topic: Topic;
  readonly isNew: boolean;
  readonly settings: readonly TopicSetting[];
  /** The planned number of partitions; null = unchanged. */
  readonly partitions: number | null;
  /** The changes, and the settings that stay as they were set by hand, in words. */
  readonly lines: readonly string[];
  /** Why nothing may be done before somebody has changed something, in sentences. */
  readonly refusals: readonly string[];
}

/** `present`: null = the topic does not exist. Pure. */
export function planTopic(topic: Topic, present: PresentTopic | null, choices: TopicChoices): TopicPlan {
  const asked = choices.partitions?.[topic.name];
  if (!present) {
    const partitions = asked ?? topic.partitions;
    const settings = settingsOf(topic, choices.replication ?? -1, choices);
    return { topic, isNew: true, settings, partitions, lines: [`is made, with ${partitions} partitions`], refusals: refusalsOf(topic, null, asked) };
  }
  const lines: string[] = [];
  const settings = settingsOf(topic, present.copies, choices).filter((setting) => {
    const { value, own } = present.settings.get(setting.name) ?? { value: 'unset', own: false };
    if (isMet(setting, value)) return false;
    if (setting.kind === 'default' && own) {
      lines.push(`keeps ${setting.name}=${value}, which was set by hand; the default is ${setting.value}`);
      return false;
    }
    lines.push(`gets ${setting.name}=${setting.value} (${value})`);
    return true;
  });
  const grows = asked !== undefined && asked > present.partitions;
  if (grows) lines.push(`grows from ${present.partitions} to ${asked} partitions`);
  else if (asked !== undefined && asked < present.partitions) lines.push(`keeps its ${present.partitions} partitions: Kafka takes none away`);
  return { topic, isNew: false, settings, partitions: grows ? asked : null, lines, refusals: refusalsOf(topic, present, asked) };
}

function isMet({ name, value, kind }: TopicSetting, present: string): boolean {
  if (name === 'min.insync.replicas' && kind === 'default') return Number(present) >= Number(value);
  return kind === 'at least' ? Number(present) >= Number(value) : present === value;
}

function refusalsOf(topic: Topic, present: PresentTopic | null, asked: number | undefined): string[] {
  const refusals: string[] = [];
  const one = 'its order is that of one partition';
  if (hasOnePartition(topic) && (asked ?? 1) > 1) refusals.push(`cannot have ${asked} partitions: ${one}. Take it out of TOPIC_PARTITIONS`);
  if (hasOnePartition(topic) && present && present.partitions > 1)
    refusals.push(`has ${present.partitions} partitions: ${one}. Stop the services, delete the topic, and make it anew (docs/operating.md, "Making views and the log anew")`);
  const { value, own } = present?.settings.get(RETENTION) ?? { value: '-1', own: false };
  const keptMs = Number(value);
  const least = leastRetentionMs(topic);
  if (own && keptMs >= 0 && keptMs < least) refusals.push(`keeps records for ${keptMs} ms only: what waits there would be deleted before it is due. Set ${RETENTION} to ${least} at least, or delete the setting`);
  return refusals;
}
