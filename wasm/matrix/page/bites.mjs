// Tries what the page's policy forbids, from a script of the page itself, and says what was refused.

const tries = {
  'a request to elsewhere': () => fetch('https://registry.example/', { mode: 'no-cors' }),
  'a request to its own origin': () => fetch('./passport.js'),
  eval: () => (0, eval)('1'),
  'new Function': () => new Function('return 1')(),
  markup: () => {
    document.querySelector('output').innerHTML = '<b></b>';
  },
};

const refused = {};
for (const [what, act] of Object.entries(tries)) {
  try {
    await act();
    refused[what] = false;
  } catch {
    refused[what] = true;
  }
}
document.querySelector('output').textContent = JSON.stringify(refused);
