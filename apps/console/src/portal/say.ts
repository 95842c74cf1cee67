/** Shows a sentence in place of the pages. `logo`: there is no page around that says whose it is. */
export function say(sentence: string, { logo = false } = {}): void {
  const said = document.createElement('p');
  said.setAttribute('role', 'status');
  said.textContent = sentence;
  document.getElementById('root')?.replaceChildren(logo ? card(said) : said);
  if (!logo) said.className = 'empty';
}

function card(content: HTMLElement): HTMLElement {
  const [page, box, picture] = [document.createElement('main'), document.createElement('div'), document.createElement('img')];
  page.className = 'login';
  box.className = 'card';
  picture.src = '/portal/logo';
  picture.alt = '';
  picture.height = 36;
  box.append(picture, content);
  page.append(box);
  return page;
}
