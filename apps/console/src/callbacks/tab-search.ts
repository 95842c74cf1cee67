/** What the URL of a callback's page holds: the tab, and the range of the chart. */
export interface TabSearch {
  readonly tab?: 'settings' | 'subscriptions' | 'history';
  readonly since?: string;
}

export const callbackTabs = ({ tab, since }: Record<string, unknown>): TabSearch => ({
  ...((tab === 'settings' || tab === 'subscriptions' || tab === 'history') && { tab }),
  ...(typeof since === 'string' && { since }),
});
