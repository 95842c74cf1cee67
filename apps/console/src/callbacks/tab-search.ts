/** What stands in the URL of a callback's page: which part of it, and of which time the chart is. */
export interface TabSearch {
  readonly tab?: 'settings' | 'subscriptions' | 'history';
  readonly since?: string;
}

export const callbackTabs = ({ tab, since }: Record<string, unknown>): TabSearch => ({
  ...((tab === 'settings' || tab === 'subscriptions' || tab === 'history') && { tab }),
  ...(typeof since === 'string' && { since }),
});
