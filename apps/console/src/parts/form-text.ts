/** What stands in a text field of a form, without blanks around it; empty = nothing, or no such field. */
export function formText(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value.trim() : '';
}
