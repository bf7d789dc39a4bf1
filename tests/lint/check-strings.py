#!/usr/bin/env python3
"""check-strings.py SOURCE: every text of the window can be translated.

Fails where a string of ui/ that reads like words for people is not wrapped (_, N_, C_, ngettext; translatable="yes"
in a template), and where po/POTFILES misses a file with wrapped strings or names one that is not there.  A string
that is not for people although it reads like it has the comment "untranslated" behind it on its line.
"""
import re
import sys
from pathlib import Path

# What a C file holds, in the order to try: comments, strings, characters, names, the rest.
TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|[A-Za-z_]\w*|\n|\S', re.S)
WRAPPERS = {'_', 'N_', 'C_', 'NC_', 'ngettext', 'g_dngettext', 'g_dgettext', 'g_dpgettext2'}
# Texts that these get are for the log, for machines, or for the command line.
OTHERS = {'g_critical', 'g_warning', 'g_debug', 'g_message', 'g_error', 'g_printerr', 'g_print', 'g_assert',
          'g_signal_new', 'g_test_message', 'g_log', 'g_return_if_fail', 'g_return_val_if_fail'}
WORDS = re.compile(r'[A-Za-z]{2,}[,:;.]? +[A-Za-z]{2,}|^[A-Z][a-z]+[…:.]?$|^_?[A-Z][a-z]+ |^[A-Z]_[a-z]+')
UI_TEXTS = re.compile(r'<(?:property|attribute) name="(?:label|title|subtitle|tooltip-text|placeholder-text|'
                      r'description|text|heading|body)"([^>]*)>([^<]*)<|<(item)([^>]*)>([^<]+)</item>')
# xgettext sees only what stands before such a macro
BROKEN = re.compile(r'\b(?:_|N_|C_|NC_|ngettext|g_dngettext) ?\((?:[^()"]|"(?:[^"\\]|\\.)*")*\bG_G\w+_(?:FORMAT|MODIFIER)\b')
WRAPPED = re.compile(r'\b(?:_|N_|C_|NC_|ngettext|g_dngettext) ?\(\s*"|translatable="yes"')


def reads_like_words(text):
    return WORDS.search(re.sub(r'%[-+\'0-9.*l]*[a-z%]|\\.|<[^>]*>', ' ', text)) is not None


def unwrapped_in_c(text):
    """(line, string) of every string for people that no call in WRAPPERS is around."""
    calls, line, name, found = [], 1, '', []
    lines = text.split('\n')
    for token in TOKEN.findall(text):
        if token == '\n':
            line += 1
            if lines[line - 2].startswith('#'):
                name = ''
            continue
        if token.startswith(('/*', '//')):
            line += token.count('\n')
            continue
        if token == '(':
            calls.append(name)
        elif token == ')' and calls:
            calls.pop()
        elif token.startswith('"') and not lines[line - 1].startswith('#include'):
            if reads_like_words(token[1:-1]) and not WRAPPERS.intersection(calls) \
               and not OTHERS.intersection(calls) and 'untranslated' not in lines[line - 1]:
                found.append((line, token))
        name = token if re.match(r'[A-Za-z_]\w*$', token) else ''
    return found


def unwrapped_in_template(text):
    found = []
    for match in UI_TEXTS.finditer(text):
        attributes = match.group(1) if match.group(3) is None else match.group(4)
        words = match.group(2) if match.group(3) is None else match.group(5)
        if re.search('[A-Za-z]', words) and 'translatable="yes"' not in attributes:
            found.append((text.count('\n', 0, match.start()) + 1, words.strip()))
    return found


def check(top):
    failed = 0
    listed = {l for l in (top / 'po/POTFILES').read_text().split('\n') if l and not l.startswith('#')}
    sources = [p for folder in ('ui', 'app', 'data', 'engine', 'resources/gtk')
               for p in sorted((top / folder).rglob('*')) if p.suffix in ('.c', '.h', '.ui')]
    for path in sources:
        name, text = str(path.relative_to(top)), path.read_text()
        found = unwrapped_in_template(text) if path.suffix == '.ui' else unwrapped_in_c(text) if name.startswith('ui/') else []
        for line, string in found:
            print(f'{name}:{line}: not wrapped for translation: {string}')
            failed += 1
        for match in BROKEN.finditer(text):
            line = text.count('\n', 0, match.end()) + 1
            print(f'{name}:{line}: a format macro inside a text to translate: cast, and write %lu')
            failed += 1
        if WRAPPED.search(text) and name not in listed:
            print(f'po/POTFILES does not name {name}, which has texts to translate')
            failed += 1
    for name in sorted(listed):
        if not (top / name).is_file():
            print(f'po/POTFILES names {name}, which is not there')
            failed += 1
    return failed


def check_itself():
    assert unwrapped_in_c('f (_ ("Two words"), N_ ("One"), C_ ("context", "Two words"));') == []
    assert unwrapped_in_c('f (g_strdup_printf (_ ("%u of") , 1));\ng ("notify::selected", "flat");') == []
    assert [l for l, _ in unwrapped_in_c('f ("Two words");\n/* "Not this" */\nf (x, "Word");')] == [1, 3]
    assert BROKEN.search('f (_ ("step %" G_GUINT64_FORMAT), n);') and not BROKEN.search('f (_ ("a"), "%" G_GINT64_FORMAT, n);')
    assert unwrapped_in_template('<property name="label">Stop</property>') == [(1, 'Stop')]
    assert unwrapped_in_template('<property name="label" translatable="yes">Stop</property>') == []


check_itself()
sys.exit(1 if check(Path(sys.argv[1])) else 0)
