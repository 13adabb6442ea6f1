// Keeps in the page's address what is looked at, so that a reload or a bookmark shows the same.

// `usual` is what need not stand there, `known` which values there are.
export function read(usual, known) {
  const [key, query] = location.hash.slice(1).split("?");
  const asked = Object.fromEntries(new URLSearchParams(query ?? ""));
  const good = Object.entries(asked).filter(([name, value]) => name in usual && (known[name]?.includes(value) ?? true));
  return { key: decodeURIComponent(key), ...usual, ...Object.fromEntries(good) };
}

export function write(wish, usual) {
  const place = Object.entries(usual).filter(([name, value]) => wish[name] !== value).map(([name]) => [name, wish[name]]);
  const hash = `#${[encodeURIComponent(wish.key), new URLSearchParams(place)].filter(String).join("?")}`;
  if (location.hash !== hash) history.replaceState(null, "", hash);
}
