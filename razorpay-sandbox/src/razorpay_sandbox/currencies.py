"""Currencies that the account accepts, and the smallest amount in paise."""

NAMES = """
AED AUD BHD CAD CHF CNY DKK EUR GBP HKD IDR INR JPY KES KRW KWD LKR MXN MYR NOK NPR
NZD OMR PHP QAR SAR SEK SGD THB TRY USD VND ZAR
"""
CURRENCIES = frozenset(NAMES.split())
MINIMUM = 100
