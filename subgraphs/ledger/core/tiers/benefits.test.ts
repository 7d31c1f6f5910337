import { benefitsIn } from './benefits';

const lounge = {
  texts: [
    { language: 'pl', text: 'Poczekalnia' },
    { language: 'en-GB', text: 'Lounge' },
  ],
};
const cake = { texts: [{ language: 'ar', text: 'كعكة' }] };

it.each([
  ['pl', 'en', ['Poczekalnia', 'كعكة']],
  ['pl-PL', 'en', ['Poczekalnia', 'كعكة']],
  ['en', 'pl', ['Lounge', 'كعكة']],
  ['ar', 'pl', ['Poczekalnia', 'كعكة']],
  ['fa', 'en-GB', ['Lounge', 'كعكة']],
  [null, null, ['Poczekalnia', 'كعكة']],
])('a benefit is told in %s of a programme in %s as near as it can be', (language, defaultLanguage, told) => {
  expect(benefitsIn([lounge, cake], { language, defaultLanguage })).toEqual(told);
});
