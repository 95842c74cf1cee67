import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { CHART } from './helm.js';

/** The parts of a ScaledObject that decide the number of dispatchers. */
export interface ScaledObject {
  readonly minReplicaCount: number;
  readonly maxReplicaCount: number;
  readonly advanced: { readonly horizontalPodAutoscalerConfig: { readonly behavior: Readonly<Record<'scaleUp' | 'scaleDown', Behaviour>> } };
  readonly triggers: readonly { readonly metricType: 'Value' | 'AverageValue'; readonly metadata: { readonly query: string; readonly threshold: string } }[];
}

interface Behaviour {
  readonly stabilizationWindowSeconds: number;
  readonly policies: readonly { readonly value: number; readonly periodSeconds: number }[];
}

/** The chart's ScaledObject with default values, rendered without Helm: its template with `.Values` and `.Release` replaced. */
export function scaledObject(namespace = 'webhooks', release = 'nuncio'): ScaledObject {
  const { keda } = parse(readFileSync(join(CHART, 'values.yaml'), 'utf8')) as { keda: Readonly<Record<string, string | number>> };
  const text = readFileSync(join(CHART, 'templates/keda.yaml'), 'utf8')
    .split('\n')
    .filter((line) => !/^\s*\{\{-|include "nuncio\.labels"|toYaml/.test(line))
    .join('\n')
    .replace(/\{\{ \.Values\.keda\.(\w+)( \| quote)? \}\}/g, (_, name: string, quoted?: string) => (quoted ? `'${keda[name] ?? ''}'` : String(keda[name])))
    .replaceAll('{{ .Release.Name }}', release)
    .replaceAll('{{ .Release.Namespace }}', namespace);
  return (parse(text) as { spec: ScaledObject }).spec;
}
