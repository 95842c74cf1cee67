import type { ScaledObject } from './scaled-object.js';

/** Deviations that the autoscaler ignores (`--horizontal-pod-autoscaler-tolerance`). */
const TOLERANCE = 0.1;

/** The figure of each trigger, over all dispatchers. */
type Figures = readonly number[];

interface Told {
  readonly at: number;
  readonly replicas: number;
}

/**
 * Kubernetes' HorizontalPodAutoscaler as KEDA configures it: the highest number that a trigger asks for, limited by the windows and policies of
 * `behavior`. https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#algorithm-details
 */
export class Autoscaler {
  readonly #recommended: Told[] = [];
  readonly #changes: { readonly at: number; readonly by: number }[] = [];

  constructor(private readonly object: ScaledObject) {}

  /** The number of dispatchers to have. `at`: seconds. */
  next(at: number, current: number, figures: Figures): number {
    const { minReplicaCount, maxReplicaCount, advanced, triggers } = this.object;
    const { scaleUp, scaleDown } = advanced.horizontalPodAutoscalerConfig.behavior;
    const asked = triggers.map(({ metricType, metadata }, i) => wanted(metricType, figures[i] ?? 0, Number(metadata.threshold), current));
    const wish = Math.min(maxReplicaCount, Math.max(minReplicaCount, ...asked));
    this.#recommended.push({ at, replicas: wish });
    const within = (seconds: number): number[] => this.#recommended.filter((one) => one.at > at - seconds || one.at === at).map(({ replicas }) => replicas);
    const [atLeast, atMost] = [Math.min(...within(scaleUp.stabilizationWindowSeconds)), Math.max(...within(scaleDown.stabilizationWindowSeconds))];
    const steady = current < atLeast ? atLeast : current > atMost ? atMost : current;
    const changed = (seconds: number, sign: number): number => this.#changes.filter((one) => one.at > at - seconds && one.by * sign > 0).reduce((sum, { by }) => sum + Math.abs(by), 0);
    const most = Math.max(...scaleUp.policies.map(({ value, periodSeconds }) => current + Math.max(0, value - changed(periodSeconds, 1))));
    const least = Math.min(...scaleDown.policies.map(({ value, periodSeconds }) => current - Math.max(0, value - changed(periodSeconds, -1))));
    const next = Math.min(most, Math.max(least, steady));
    if (next !== current) this.#changes.push({ at, by: next - current });
    return next;
  }
}

function wanted(metricType: 'Value' | 'AverageValue', figure: number, threshold: number, current: number): number {
  const ratio = metricType === 'Value' ? figure / threshold : figure / (threshold * current);
  if (Math.abs(ratio - 1) <= TOLERANCE) return current;
  return Math.ceil(metricType === 'Value' ? current * ratio : figure / threshold);
}
