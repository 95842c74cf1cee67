export type Theme = 'system' | 'light' | 'dark';
const KEY = 'nuncio.theme';

export const theme = (): Theme => (localStorage.getItem(KEY) as Theme | null) ?? 'system';

/** Stores the theme, and shows it at once. */
export function applyTheme(chosen: Theme = theme()): void {
  localStorage.setItem(KEY, chosen);
  if (chosen === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
}
