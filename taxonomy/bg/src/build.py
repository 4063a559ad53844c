"""python build.py : src/*.txt -> csv"""
import csv, sys
from pathlib import Path
here = Path(__file__).parent; out = here.parent
M = {'f': 'forms', 'p': 'prefix', 'e': 'exact', 'c': 'case', '': 'forms'}
def ctx(s): return s.replace('*m', '*migration') if s.strip() in ('*m',) or '*m|' in s or s.endswith('*m') else s
def write(name, header, rows):
    with open(out / name, 'w', newline='', encoding='utf-8') as f:
        w = csv.writer(f, lineterminator='\n'); w.writerow(header.split(',')); w.writerows(rows)
def F(s): return s.lower().replace('й', 'и').replace('ё', 'е').replace('-', ' ')
def lines(name):
    p = here / name
    if not p.exists(): return
    for n, l in enumerate(p.read_text(encoding='utf-8').splitlines(), 1):
        l = l.strip()
        if l and not l.startswith('#'): yield n, l
def cells(l, n): return ([c.strip() for c in l.split('~')] + [''] * n)[:n]
# terms: term~example~source~match~with~without~note
rows, area = [], ''
for name in ('terms1.txt', 'terms2.txt', 'terms3.txt', 'terms4.txt', 'terms5.txt'):
    for n, l in lines(name):
        if l[0] == '@': area = l[1:].strip(); continue
        t, ex, src, m, w, wo, note = cells(l, 7)
        if m not in M: print(name, n, 'match?', l)
        rows.append((t, area, M.get(m, m), ctx(w), ctx(wo), src or 'usage', ex, note))
if rows: write('terms.csv', 'term,area,match,with,without,source,example,note', rows)
# groups: @group ; term~match~with~without~note ; several terms by ;
rows, g = [], ''
for n, l in lines('groups.txt'):
    if l[0] == '@': g = l[1:].strip(); continue
    for part in l.split(';'):
        t, m, w, wo, note = cells(part.strip(), 5)
        if t and not any(F(r[0]) == F(t) and r[1] == g for r in rows): rows.append((t, g, M[m], ctx(w), ctx(wo), note))
if rows: write('groups.csv', 'term,group,match,with,without,note', rows)
rows, g = [], ''
for n, l in lines('rights.txt'):
    if l[0] == '@': g = l[1:].strip(); continue
    for part in l.split(';'):
        t, m, w, wo, note = cells(part.strip(), 5)
        if t and not any(F(r[0]) == F(t) and r[1] == g for r in rows): rows.append((t, g, M[m], ctx(w), ctx(wo), note))
if rows: write('rights.csv', 'term,right,match,with,without,note', rows)
# cues: @kind ; cue; cue ~match~note
rows, g, seen = [], '', set()
for n, l in lines('cues.txt'):
    if l[0] == '@': g = l[1:].strip(); continue
    for part in l.split(';'):
        x, m, note = cells(part.strip(), 3)
        if x and (F(x), g) not in seen: seen.add((F(x), g)); rows.append((x, g, 'exact' if len(x) <= 3 and not m else M[m], note))
if rows: write('cues.csv', 'cue,kind,match,note', rows)
# slang: @group ; term~kind~strength~meaning~with~match~reclaimed~literal~since~without~source~note
rows, g = [], ''
for n, l in lines('slang.txt'):
    if l[0] == '@': g = l[1:].strip(); g = '' if g == '-' else g; continue
    t, k, s, meaning, w, m, rec, lit, since, wo, src, note = cells(l, 12)
    y = lambda v: 'yes' if v in ('y', 'yes') else 'no'
    rows.append((t, g, k, s, M[m], ctx(w), ctx(wo), y(rec), y(lit), since, meaning, src or 'usage', note))
if rows: write('slang.csv', 'term,group,kind,strength,match,with,without,reclaimed,literal,since,meaning,source,note', rows)
rows, g, note = [], '', ''
for n, l in lines('naming.txt'):
    if l[0] == '@': g, _, note = l[1:].partition('~'); g = g.strip(); continue
    for x in l.split(';'):
        if x.strip(): rows.append((x.strip(), g, note.strip()))
rows = list(dict.fromkeys(rows))
if rows: write('naming.csv', 'cue,kind,note', rows)
rows, g = [], ''
for n, l in lines('dates.txt'):
    if l[0] == '@': g = l[1:].strip(); continue
    for x in l.split(';'):
        if x.strip(): rows.append((x.strip(), g))
if rows: write('dates.csv', 'word,kind', list(dict.fromkeys(rows)))
rows, g = [], ''
for n, l in lines('contexts.txt'):
    if l[0] == '@': g = l[1:].strip(); continue
    for x in l.split(';'):
        if x.strip(): rows.append((g, x.strip()))
if rows: write('contexts.csv', 'name,word', list(dict.fromkeys(rows)))
rows = []
for n, l in lines('endings.txt'):
    e, _, b = l.partition(' ')
    rows.append((e if e == '-' else '-' + e, '|'.join('-' if p == '-' else '-' + p for p in b.split())))
if rows: write('endings.csv', 'ending,becomes', rows)
