"""Every page that is looked at by axe-core and pictured: add a line here for each page. Keys name pictures."""

from __future__ import annotations

PUBLIC = {
    "front": "/",
    "sign-in": "/masuk",
    "sign-in-refused": "/masuk?salah=sign-in-failed&isian=phone",
    "sign-in-staff": "/masuk/petugas",
    "register": "/daftar",
    "register-code": "/daftar/kode?untuk=x",
    "forgotten": "/lupa",
    "style": "/gaya",
    "try": "/coba",
    "try-cook": "/coba?alumnus=a-cook",
    "try-guard": "/coba?alumnus=a-guard",
    "calls": "/docs",
    "missing": "/tidak-ada",
    "front-english": "/?lang=en",
}
"""What anybody may open."""

BY_ROLE: dict[str, dict[str, str]] = {
    "alumnus": {
        "vacancies": "/lowongan",
        "vacancies-filtered": "/lowongan?province=95&pay=4000000",
        "vacancy": "/lowongan/v-01",
        "marked": "/tersimpan",
        "courses": "/kursus",
        "invitations": "/undangan",
        "ask": "/tanya",
        "outcome": "/kabar",
        "business": "/usaha",
        "data": "/data-saya",
        "data-work": "/data-saya?cari=masak",
    },
    "pmo": {
        "pmo": "/pmo",
        "pmo-quarter": "/pmo?saat=q2",
        "pmo-waves": "/pmo/hasil",
        "pmo-provinces": "/pmo/hasil?by=province_code",
        "pmo-courses-at-work": "/pmo/hasil?by=course_id",
        "pmo-time": "/pmo/waktu",
        "pmo-funnel": "/pmo/corong",
        "pmo-fairness": "/pmo/keadilan?by=education",
        "pmo-demand": "/pmo/kebutuhan?province=32",
        "pmo-course-value": "/pmo/kursus",
        "pmo-policies": "/pmo/kebijakan",
        "pmo-changes": "/pmo/perubahan",
    },
    "employer": {
        "employer": "/perusahaan",
        "employer-post": "/perusahaan/lowongan/baru",
        "employer-advert": "/perusahaan/lowongan/v-doubtful",
        "employer-applicants": "/perusahaan/lowongan/v-canteen/pelamar",
        "employer-talent": "/perusahaan/alumni",
        "employer-found": "/perusahaan/alumni?query=juru+masak&place=12&evidence=attended",
        "employer-sent": "/perusahaan/undangan",
        "employer-files": "/perusahaan/berkas",
    },
    "counter": {
        "counter": "/loket",
        "counter-refused": "/loket?salah=invalid-input&isian=nik",
        "counter-enrol": "/loket/daftar?provinsi=32",
        "counter-calls": "/loket/panggilan",
        "counter-questions": "/loket/pertanyaan",
        "counter-corrections": "/loket/perbaikan",
        "counter-pack": "/loket/paket",
        "counter-sync": "/loket/sinkron",
        "counter-visit": "/loket/orang",
        "counter-certificate": "/loket/orang/sertifikat?cari=juru+masak",
        "counter-vacancies": "/lowongan",
        "counter-papers": "/loket/cetak",
        "counter-sheet": "/loket/lembar",
        "counter-slip": "/loket/lembar?bentuk=struk",
        "counter-receipt": "/loket/orang/kuitansi",
    },
}
"""What somebody of a role opens, signed in."""
