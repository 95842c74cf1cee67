/** The text of a form's field, trimmed; empty = nothing was typed, or there is no such field. */
export function formText(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value.trim() : '';
}
