"""Names in the order of every list, which both databases must give."""

IN_ORDER = [
    "",
    '"Quoted"',
    "100% cotton",
    "900 ml",
    "1000 ml",
    "äpfel",
    "Apfelsaft",
    "Café 9",
    "CAFE 10",
    "cafe latte",
    "Cafeteria",
    "Étagère",
    "Łódź",
    "Zebra",
    "Ж",
    "कढ़ाई",
    "चाय",
    "漢字",
    "😀",
]
