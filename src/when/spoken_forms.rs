//! The tables of the tests: what is said | what it means on Tuesday 2026-11-24; `a?b` asks which of two.

pub(super) const DATES: &str = "
2026-12-03 | 2026-12-03
2026-11-24 | 2026-11-24
 2026-12-03. | 2026-12-03
first Monday of December | 2026-12-07
the first monday in december | 2026-12-07
second friday in January | 2027-01-08
the 5th Tuesday of February | impossible
2026-12-03T14:00:00 | 2026-12-03
2026-12-03T14:00:00Z | 2026-12-03
2026-12-03T23:30:00-08:00 | 2026-12-03
2026-12-03T14:00:00.000+01:00 | 2026-12-03
2026-12-03 14:00 | 2026-12-03
2026/12/03 | 2026-12-03
2024-11-26 | past 2024-11-26 (2026-11-26)
2025-12-25 | past 2025-12-25 (2026-12-25)
2026-11-23 | past 2026-11-23 (2027-11-23)
2024-02-29 | past 2024-02-29
1066-10-14 | past 1066-10-14 (2027-10-14)
2026-02-30 | impossible
2026-13-01 | impossible
2026-00-10 | impossible
2027-02-29 | impossible
10000-01-01 | impossible
2026-12-03T24:00:00 | impossible
9999-12-31 | 9999-12-31
-2026-12-03 | unclear
today | 2026-11-24
Tonight | 2026-11-24
this afternoon | 2026-11-24
this evening | 2026-11-24
tomorrow | 2026-11-25
um, tomorrow please | 2026-11-25
tomorrow morning | 2026-11-25
tomorrow at 2 PM | 2026-11-25
tomorrow at half past two | 2026-11-25
day after tomorrow | 2026-11-26
the day after tomorrow | 2026-11-26
yesterday | past 2026-11-23
in 3 days | 2026-11-27
in three days | 2026-11-27
in two weeks | 2026-12-08
in a week | 2026-12-01
in a month | 2026-12-24
two weeks from today | 2026-12-08
3 days from now | 2026-11-27
a week from Friday | 2026-12-04
a week on Friday | 2026-12-04
Friday week | 2026-12-04
a week from tomorrow | 2026-12-02
two weeks from Monday | 2026-12-14
in 0 days | 2026-11-24
in -3 days | unclear
in 99999999 days | impossible
in 4000000000 weeks | impossible
in a while | unclear
Friday | 2026-11-27
on Friday afternoon | 2026-11-27
Friday in the morning | 2026-11-27
tuesday | 2026-11-24
this Tuesday | 2026-11-24
this Friday | 2026-11-27
this coming Monday | 2026-11-30
Weds | 2026-11-25
thurs | 2026-11-26
next Monday | 2026-11-30
next Tuesday | 2026-12-01
next Friday | 2026-11-27?2026-12-04
next Sunday | 2026-11-29?2026-12-06
Friday next week | 2026-12-04
next week on Tuesday | 2026-12-01
Monday this week | past 2026-11-23
Thursday this week | 2026-11-26
Friday after next | 2026-12-04?2026-12-11
this weekend | 2026-11-28?2026-11-29
the weekend | 2026-11-28?2026-11-29
next weekend | unclear
next week | unclear
next month | unclear
last Friday | unclear
Monday or Tuesday | unclear
Monday, Tuesday | unclear
december third | 2026-12-03
December 3 | 2026-12-03
december 3rd | 2026-12-03
Dec. 3rd | 2026-12-03
dec 3rd 2026 | 2026-12-03
December 3, 2026 | 2026-12-03
december third twenty twenty six | 2026-12-03
december the third two thousand and twenty six | 2026-12-03
3 december 2026 | 2026-12-03
the 3rd of December | 2026-12-03
the twenty-first of december | 2026-12-21
twenty first december | 2026-12-21
december twenty one | 2026-12-21
sept 5 | 2027-09-05
may third | 2027-05-03
November 24th | 2026-11-24
January 2nd | 2027-01-02
december 3rd 2025 | past 2025-12-03 (2026-12-03)
February 29th | impossible
february thirtieth | impossible
december 45 | impossible
december 2026 | unclear
december | unclear
the 3rd | 2026-12-03
the twenty-fourth | 2026-11-24
the 31st | 2026-12-31
the 3rd of next month | 2026-12-03
the 28th of this month | 2026-11-28
the 31st of next month | 2026-12-31
the 2nd of this month | impossible
the 32nd | impossible
3 | unclear
12/3 | 2026-12-03
12/03/2026 | 2026-12-03
12/03/26 | 2026-12-03
13/12 | 2026-12-13
25/12/2026 | 2026-12-25
25/13 | impossible
12/3/2025 | past 2025-12-03 (2026-12-03)
11-26 | 2026-11-26
12.3. | 2026-12-03?2027-03-12
24.12. | 2026-12-24
24.12.2026 | 2026-12-24
12.3.2026 | 2026-12-03
12/3/99999 | impossible
12/3-4 | unclear
Thursday December 3rd | 2026-12-03
Thursday, the 3rd of December | 2026-12-03
next Friday, December 4th | 2026-12-04
Friday December 3rd | 2026-12-03?2026-12-04
Monday 2026-12-03 | 2026-12-03?2026-11-30
Friday November 24th | 2026-11-24?2026-11-27
Tuesday the 1st | 2026-12-01
Friday the 13th | 2026-12-13?2026-12-11
sat 5th | 2026-12-05
whenever | unclear
asap | unclear
14:00 | unclear
<script>alert(1)</script> | unclear
明日 | unclear
 | unclear
";

pub(super) const TIMES: &str = "
2pm | 14:00
2 PM | 14:00
2 p.m. | 14:00
2 P.M. please | 14:00
2p | 14:00
14:00 | 14:00
14.30 | 14:30
14:30:00 | 14:30
1400 hours | 14:00
0930 hours | 09:30
1400 | 14:00
0930 | 09:30
930 | 09:30?21:30
1030 | 10:30?22:30
fourteen hundred hours | 14:00
oh nine hundred | 09:00
fourteen thirty | 14:30
half past two | 02:30?14:30
half past two in the afternoon | 14:30
half two | unclear
quarter to five | 04:45?16:45
quarter to five pm | 16:45
quarter of five | 04:45?16:45
a quarter to one in the afternoon | 12:45
quarter to twelve pm | 11:45
quarter past nine in the morning | 09:15
quarter after nine am | 09:15
twenty to five | 04:40?16:40
twenty-five past six in the evening | 18:25
ten past ten am | 10:10
ten minutes to five pm | 16:50
ten to eleven | unclear
two to three | unclear
quarter to noon | 11:45
half past noon | 12:30
quarter past | unclear
noon | 12:00
at noon | 12:00
12 noon | 12:00
midday | 12:00
noon in the morning | unclear
midnight | 00:00
12pm | 12:00
12am | 00:00
12:30 am | 00:30
twelve thirty pm | 12:30
12 | 00:00?12:00
two thirty | 02:30?14:30
two thirty pm | 14:30
two forty five pm | 14:45
nine oh five | 09:05?21:05
nine oh five a.m. | 09:05
five thirty p m | 17:30
2 30 pm | 14:30
9:05 | 09:05?21:05
9:00 | 09:00?21:00
09:05 | 09:05
02:00 | 02:00
00:30 | 00:30
10:30 | 10:30
13:00 | 13:00
9:05 pm | 21:05
02:30 pm | 14:30
14:00 pm | 14:00
14:00 am | unclear
at 2 | 02:00?14:00
around 2ish | unclear
at two | 02:00?14:00
at 14 | 14:00
2 in the afternoon | 14:00
3 this afternoon | 15:00
2 pm in the afternoon | 14:00
9 am in the morning | 09:00
9 am in the evening | unclear
in the afternoon at 3 | 15:00
seven in the evening | 19:00
9 at night | 21:00
eight tonight | 20:00
3 at night | unclear
11 in the afternoon | unclear
ten o'clock | 10:00?22:00
ten o’clock am | 10:00
10 o clock a.m. | 10:00
um, maybe at like 3 pm | 15:00
3 pm sharp | 15:00
2026-12-03T14:00:00 | 14:00
2026-12-03T14:00:00Z | 14:00
2026-12-03T14:00:00.000-08:00 | 14:00
2026-12-03 09:30 | 09:30
2026-12-03 | unclear
2026-12-03T24:00:00 | impossible
24:00 | impossible
25:00 | impossible
12:75 | impossible
12:75 pm | impossible
99 | impossible
1:5 | unclear
-2 pm | unclear
2-3 pm | unclear
2 - 30 pm | unclear
10, 11 | unclear
ten, eleven | unclear
two or three | unclear
two three | unclear
between 2 and 3 | unclear
after 2 | unclear
morning | unclear
lunchtime | unclear
tomorrow | unclear
99999999999999999999 | unclear
二時 | unclear
 | unclear
";
