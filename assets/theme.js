// Before the first paint: the theme that somebody chose, else the system's.
const chosen = document.cookie.match(/(?:^|; )theme=(dark|light)/);
if (chosen) document.documentElement.dataset.theme = chosen[1];
