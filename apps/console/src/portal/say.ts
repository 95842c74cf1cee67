/** Shows a sentence in place of the pages. */
export function say(sentence: string): void {
  const said = document.createElement('p');
  said.className = 'empty';
  said.setAttribute('role', 'status');
  said.textContent = sentence;
  document.getElementById('root')?.replaceChildren(said);
}
